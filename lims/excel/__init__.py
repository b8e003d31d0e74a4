"""Writing workbooks: rows in, bytes out. openpyxl is imported only when a workbook is really made."""
