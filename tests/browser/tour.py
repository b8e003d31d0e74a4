"""One visit to each page of the application, by somebody who may see it: who, where to begin, and what to follow from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.running import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

A_SAMPLE = "tbody a[href*='/samples/']:not([href*='?'])"
A_BOX = "tbody a[href*='/custody/']:not([href*='?'])"
AN_UPLOAD = "tbody a[href*='/uploads/']:not([href*='?'])"
A_WORKLIST = ("/uploads/worklists", "tbody a[href*='/worklists/']")


def by_number(page: Page) -> None:
    """Go where the code on the label of the sample leads."""
    page.goto("/samples/by-number/" + page.locator("h1").inner_text().split()[-1])


Step = str | Callable[["Page"], object]


@dataclass(frozen=True)
class Visit:
    """``steps``: a path to open, what to follow or press on the page, or after "!" what to open on it."""

    name: str
    user: str
    steps: tuple[Step, ...]


def pages_of(running: Running) -> tuple[Visit, ...]:
    """Every page for people. The round ready for the lock is judged by the journey, so only its page before that is here."""
    measured, called, under_way = (f"/rounds/{running.codes[name]}" for name in ("quantitative", "qualitative", "open"))
    planned = f"/rounds/{running.codes['planned']}"
    return (
        Visit("login", "", ("/login",)),
        Visit("home-technician", "tech1.cusa", ("/",)), Visit("home-authoriser", "auth.cusa", ("/",)), Visit("home-qa", "qa.cdc", ("/",)),
        Visit("home-coordinator", "coordinator.cus", ("/",)), Visit("home-administrator", "admin.cus", ("/",)),
        Visit("about", "tech1.cusa", ("/about",)), Visit("search", "tech1.cusa", ("/search?q=0041",)),
        Visit("search-nothing", "tech1.cusa", ("/search?q=nothing-of-this-name",)),
        Visit("account", "tech1.cusa", ("/account",)), Visit("password", "tech1.cusa", ("/account/password",)),
        Visit("people", "admin.cus", ("/admin",)), Visit("user-new", "admin.cus", ("/admin/users/new",)),
        Visit("laboratory-new", "admin.cus", ("/admin/laboratories/new",)),
        Visit("organisation-new", "admin.cus", ("/admin/organisations/new",)),
        Visit("audit", "auditor.cus", ("/audit/",)), Visit("catalogue", "tech1.cusa", ("/catalogue/",)),
        Visit("catalogue-list", "qa.cus", ("/catalogue/", "main a[href*='/catalogue/']")),
        Visit("jobs", "tech1.cusa", ("/jobs/",)), Visit("job", "tech1.cusa", ("/jobs/", "tbody a[href*='/jobs/']")),
        Visit("samples", "tech1.cusa", ("/samples/",)), Visit("sample-new", "tech1.cusa", ("/samples/new",)),
        Visit("sample-new-traveller", "tech1.cusa", ("/samples/new?kind=TRV",)),
        Visit("sample", "tech1.cusa", ("/samples/", f"{A_SAMPLE} >> nth=4")),
        Visit("sample-label", "tech1.cusa", ("/samples/", f"{A_SAMPLE} >> nth=4", "form[action$='/labels'] button")),
        Visit("sample-scan", "tech1.cusa", ("/samples/receive",)),
        Visit("sample-receive", "tech1.cusa", ("/samples/", A_SAMPLE, "main a[href*='/receive']")),
        Visit("sample-decision", "auth.cusa", ("/", "main a[href*='/receive']")),
        Visit("sample-sign", "auth.cusa", ("/", "main a[href*='/receive']:has-text('-ENV-')", "![data-opens=sign]")),
        Visit("sample-by-number", "tech1.cusa", ("/samples/", f"{A_SAMPLE} >> nth=4", by_number)),
        Visit("uploads", "tech1.cusa", ("/uploads/",)), Visit("upload-new", "tech1.cusa", ("/uploads/new",)),
        Visit("upload", "tech1.cusa", ("/uploads/", AN_UPLOAD)), Visit("uploads-parked", "tech1.cusa", ("/uploads/parked",)),
        Visit("uploads-together", "tech1.cusa", ("/uploads/together",)),
        Visit("worklists", "tech1.cusa", ("/uploads/worklists",)), Visit("worklist-new", "tech1.cusa", ("/uploads/worklists/new",)),
        Visit("worklist", "tech1.cusb", A_WORKLIST),
        Visit("profiles", "auth.cusa", ("/uploads/profiles",)),
        Visit("profile", "auth.cusa", ("/uploads/profiles", "form[action$='/slan/copy'] button")),
        Visit("rules", "auth.cdca", ("/uploads/rules",)),
        Visit("rule", "qa.cdc", ("/uploads/rules", "tbody a[href*='/uploads/rules/']")),
        Visit("rule-new", "tech1.cdca", ("/uploads/rules", "form[action$='/rules/new'] button")),
        Visit("upload-by-rule", "auth.cdca", ("/uploads/", AN_UPLOAD)),
        Visit("uploads-parked-rows", "tech1.cusb", ("/uploads/parked",)), Visit("upload-accepted", "tech1.cusb", ("/uploads/", AN_UPLOAD)),
        Visit("results", "tech2.cusb", ("/results/",)), Visit("results-all", "tech2.cusb", ("/results/all",)),
        Visit("result", "tech2.cusb", ("/results/all", "tbody a[href*='/results/']")),
        Visit("round-receipt", "tech1.cusb", (f"{under_way}/receipt",)),
        Visit("round-receipts", "coordinator.cus", (f"{under_way}/packing/receipts",)),
        Visit("round-stock", "coordinator.cus", (f"{under_way}/items/stock",)),
        Visit("round-sheet", "coordinator.cus", (f"{under_way}/items/sheet",)),
        Visit("round-manifests", "coordinator.cus", (f"{under_way}/packing/manifests",)),
        Visit("annual-plan", "qa.cdc", ("/rounds/plan",)), Visit("plan-line", "qa.cus", ("/rounds/plan", "tbody a[href*='/rounds/plan/']")),
        Visit("plan-line-new", "coordinator.cus", ("/rounds/plan/new",)),
        Visit("rounds", "coordinator.cus", ("/rounds/",)), Visit("scheme-new", "coordinator.cus", ("/rounds/schemes/new",)),
        Visit("round-new", "coordinator.cus", ("/rounds/new",)), Visit("round-revise", "coordinator.cus", (f"{planned}/plan",)),
        Visit("round-planned", "qa.cdc", (planned,)), Visit("round-approve", "qa.cdc", (planned, "![data-opens=approve]")),
        Visit("round-coordinator", "coordinator.cus", (under_way,)),
        Visit("round-participant", "tech1.cusb", (under_way,)), Visit("round-items", "coordinator.cus", (f"{under_way}/items",)),
        Visit("round-labels", "coordinator.cus", (f"{under_way}/labels",)),
        Visit("round-packing", "coordinator.cus", (f"{under_way}/packing",)),
        Visit("round-submit", "tech1.cusc", (f"{under_way}/submit",)),
        Visit("round-form", "tech1.cusc", (f"{under_way}/submit/form",)),
        Visit("round-take-over", "tech1.cusc", (f"{under_way}/submit/results",)),
        Visit("round-submit-measured", "tech1.cdcc", (f"{measured}/submit",)),
        Visit("round-version", "tech1.cdca", (f"{under_way}/submit/1",)),
        Visit("round-desk", "coordinator.cus", (f"{measured}/evaluation",)),
        Visit("round-questions", "coordinator.cus", (f"{measured}/blunders",)),
        Visit("round-evaluation", "qa.cus", (f"{measured}/evaluation/1",)),
        Visit("round-evaluation-called", "qa.cus", (f"{called}/evaluation/1",)),
        Visit("round-review", "qa.cus", (f"{measured}/review",)), Visit("round-meeting", "qa.cus", (f"{measured}/meeting",)),
        Visit("round-interim", "qa.cus", (f"{measured}/interim",)), Visit("round-archive", "qa.cus", (f"{measured}/archive",)),
         Visit("round-report", "qa.cus", (f"{measured}/report",)),
        Visit("round-mine", "tech1.cdcc", (f"{measured}/mine",)), Visit("round-mine-called", "tech1.cdcb", (f"{called}/mine",)),
        Visit("round-certificate", "auth.cdcc", (f"{measured}/mine/certificate",)),
        Visit("round-records", "coordinator.cus", (f"{measured}/items/records",)),
        Visit("sample-batches", "tech1.cusa", ("/samples/batch",)),
        Visit("sample-batch", "tech1.cusa", ("/samples/batch", "button[value=TRV]")),
        Visit("open-loop", "tech1.cusa", ("/samples/open-loop",)),
        Visit("capa", "reviewer.cus", ("/capa/",)), Visit("capa-case", "auth.cdcb", ("/capa/", "tbody a[href*='/capa/']")),
        Visit("capa-judge", "reviewer.cus", ("/capa/", "tbody a[href*='/capa/']")),
        Visit("appeals", "coordinator.cus", ("/appeals/",)), Visit("appeal", "auth.cdcb", ("/appeals/", "tbody a[href*='/appeals/']")),
        Visit("trends", "qa.cdc", ("/trends/?laboratory=CDCC",)), Visit("appeal-new", "auth.cdcc", (f"{measured}/appeal",)),
        Visit("boxes", "tech1.cusc", ("/custody/",)), Visit("box-new", "tech1.cusc", ("/custody/new",)),
        Visit("box-scan", "tech1.cdcc", ("/custody/scan",)),
        Visit("box-pack", "tech1.cusc", ("/custody/?state=packing", A_BOX)),
        Visit("box-sent", "tech1.cusc", ("/custody/?state=received", A_BOX)),
        Visit("box-receive", "tech1.cdcc", ("/custody/?state=dispatched", A_BOX, "main a[href$='/receive']")),
        Visit("box-print", "tech1.cusc", ("/custody/?state=received", A_BOX, "main a[href$='/print']")),
        Visit("storage", "tech1.cusc", ("/storage/",)), Visit("storage-place", "tech1.cusc", ("/storage/", "tbody a[href*='/storage/']")),
        Visit("storage-stored", "tech1.cusc", ("/storage/stored",)), Visit("storage-moves", "tech1.cusc", ("/storage/moves",)),
        Visit("portions", "tech1.cusc", ("/storage/aliquots",)),
        Visit("portion", "tech1.cusc", ("/storage/aliquots", "tbody a[href*='/aliquots/']")),
        Visit("storage-find", "tech1.cusc", ("/storage/find?code=R101",)),
        Visit("sample-import", "tech1.cusa", ("/samples/import",)), Visit("report-verify", "tech1.cusa", ("/reports/verify",)),
        Visit("verification", "qa.cus", ("/statistics/verify/",)),
        *studies_of(),
        Visit("verification-record", "qa.cus", ("/statistics/verify/", "tbody a[href*='/statistics/verify/']")),
    )  # fmt: skip


def studies_of() -> tuple[Visit, ...]:
    """The pages of studies; newest first: readings, comparison under review, detection limit, agreement."""
    newest, compared, first = (f"tbody tr:nth-child({n}) a" for n in (1, 2, 4))
    tab = ".tabs a[href$='/{}']".format
    return (
        Visit("studies", "qa.cdc", ("/validation/",)), Visit("study-new", "coordinator.cus", ("/validation/new",)),
        Visit("study", "qa.cus", ("/validation/", first)), Visit("study-review", "reviewer.cdc", ("/validation/", compared)),
        Visit("study-plan", "coordinator.cus", ("/validation/", newest, tab("plan"))),
        Visit("study-data", "tech1.cusa", ("/validation/", first, tab("data"))),
        Visit("study-reading", "tech1.cdca", ("/validation/", newest, tab("data"), "a[href$='/reading']")),
        Visit("study-analysis", "qa.cdc", ("/validation/", first, tab("analysis"))),
    )  # fmt: skip


def files_of(running: Running) -> tuple[Visit, ...]:
    """What is fetched and not shown: the last step is its path, the element that names it, or after "+" what its address ends with."""
    measured = f"/rounds/{running.codes['quantitative']}"
    return (
        Visit("healthz", "tech1.cusa", ("/healthz",)), Visit("openapi", "tech1.cusa", ("/api/v1/openapi.json",)),
        Visit("samples-csv", "tech1.cusa", ("/samples/export.csv",)), Visit("samples-xlsx", "tech1.cusa", ("/samples/export.xlsx",)),
        Visit("uploads-csv", "tech1.cusa", ("/uploads/export.csv",)), Visit("results-csv", "tech2.cusb", ("/results/export.csv",)),
        Visit("plan-xlsx", "qa.cdc", ("/rounds/plan/export.xlsx",)),
        Visit("stored-csv", "tech1.cusc", ("/storage/stored.csv",)), Visit("moves-csv", "tech1.cusc", ("/storage/moves.csv",)),
        Visit("portions-csv", "tech1.cusc", ("/storage/aliquots.csv",)),
        Visit("boxes-csv", "tech1.cusc", ("/custody/export.csv",)),
        Visit("parked-csv", "tech1.cusa", ("/uploads/parked/export.csv",)),
        Visit("worklist-csv", "tech1.cusb", (*A_WORKLIST, "+/export.csv")),
        Visit("rounds-csv", "coordinator.cus", ("/rounds/export.csv",)),
        Visit("studies-csv", "qa.cus", ("/validation/export.csv",)),
        Visit("profile-file", "auth.cusa", ("/uploads/profiles", "form[action$='/slan/copy'] button", "+/file")),
        Visit("rules-csv", "auth.cdca", ("/uploads/rules/export.csv",)),
        Visit("rule-file", "auth.cdca", ("/uploads/rules", "tbody a[href*='/uploads/rules/']", "+/file")),
        Visit("capa-csv", "reviewer.cus", ("/capa/export.csv",)), Visit("appeals-csv", "coordinator.cus", ("/appeals/export.csv",)),
        Visit("upload-original", "tech1.cusa", ("/uploads/", AN_UPLOAD, "a[href$='/original']")),
        Visit("sample-label", "tech1.cusa", ("/samples/", f"{A_SAMPLE} >> nth=4", "+/label.svg")),
        Visit("open-loop-csv", "tech1.cusa", ("/samples/open-loop.csv?step=receipt",)),
        Visit("job-state", "tech1.cusa", ("/jobs/", "tbody a[href*='/jobs/']", "+/state")),
        Visit("workbook", "qa.cus", (f"{measured}/report/1/workbook",)),
        Visit("certificate", "auth.cdcc", (f"{measured}/mine/certificate/workbook",)),
        Visit("round-form-workbook", "tech1.cusc", (f"/rounds/{running.codes['open']}/submit/form.xlsx",)),
        Visit("interim-workbook", "qa.cus", (f"{measured}/interim/1/workbook",)),
        Visit("round-archive-file", "qa.cus", (f"{measured}/archive", "a[href*='/archive/']")),
        Visit("report-key", "tech1.cusa", ("/reports/key",)),
        Visit("sample-template", "tech1.cusa", ("/samples/import/template/ENV.xlsx",)),
        Visit("verification-xlsx", "qa.cus", ("/statistics/verify/", "a[href$='/record.xlsx']")),
    )  # fmt: skip


def follow(page: Page, steps: tuple[Step, ...]) -> None:
    """Open a path, then follow or press one thing after the other."""
    for step in steps:
        if callable(step):
            step(page)
        elif step.startswith("/"):
            page.goto(step)
        elif step.startswith("!"):
            page.locator(step[1:]).first.click()
        else:
            with page.expect_navigation():
                page.locator(step).first.click()


def address_of(page: Page, step: Step) -> str:
    """The address that the last step of a file names."""
    assert isinstance(step, str)
    if step.startswith("/"):
        return step
    if step.startswith("+"):
        return page.url + step[1:]
    address: str = page.locator(step).first.evaluate("one => one.href || one.src")
    return address
