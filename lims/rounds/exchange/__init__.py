"""The result form that a laboratory fills without a network: written, read back, judged row by row. Pure: values in, values out."""
