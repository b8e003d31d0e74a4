"""What the program costs beside a floor and beside others: ratios measured in one run."""
