"""The words and the stored form of a round's assessment; the arithmetic stands in lims.statistics.assessment."""
