"""The assessment of a comparison round: its design and the reported values in, everything a report says out.

Plain frozen values and numbers only; what cannot be given is a reason code with parameters. A round is mapped to the design, and the
codes are made sentences, above this package.
"""
