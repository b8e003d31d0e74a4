"""The shipped lists: read as text, complete, each code once."""

from __future__ import annotations

import pytest

from lims.catalogue.scope import LISTS, MEASURANDS, CatalogueList, read_shipped, shipped_file, split_list


def rows_of(one: CatalogueList):
    return list(read_shipped(one, shipped_file(one).read_text(encoding="utf-8")))


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.code)
def test_every_shipped_list_has_unique_codes_and_a_name(one: CatalogueList):
    rows = rows_of(one)
    assert rows
    assert len({row.code for row in rows}) == len(rows)
    assert all(row.code and (row.name_en or row.name_zh) for row in rows)
    assert {row.certainty for row in rows} <= {"A", "B", "C", ""}


def test_measurands_of_all_lists_share_one_set_of_codes():
    codes = [row.code for one in LISTS if one.code in MEASURANDS for row in rows_of(one)]
    assert len(codes) == len(set(codes))


def test_leading_zeros_of_codes_survive():
    districts = next(one for one in LISTS if one.code == "customs_districts")
    assert "0100" in {row.code for row in rows_of(districts)}


def test_a_line_with_a_cell_too_many_is_refused():
    with pytest.raises(ValueError, match="longer"):
        list(read_shipped(LISTS[0], "code\tname_en\nA\tb\tc\n"))


def test_empty_cells_are_left_out_and_lists_inside_cells_are_split():
    row = next(read_shipped(LISTS[0], "code\tname_en\tname_zh\tun_culture\tcommon_targets\nA\tb\tc\t\tN; E\n"))
    assert row.columns == {"common_targets": "N; E"}
    assert split_list(row.columns["common_targets"]) == ("N", "E")
    assert split_list("-") == ()


def test_no_shipped_list_names_partner_organisations():
    assert "organisations" not in {one.code for one in LISTS}
