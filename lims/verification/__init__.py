"""The built-in verification of the statistics: run the reference cases here, keep the dated record (ISO/IEC 17025:2017, 7.11.2)."""
