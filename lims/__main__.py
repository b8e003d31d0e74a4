"""``python -m lims`` is the ``lims`` command."""

from lims.cli import main

main()
