"""The mark of a sentence that is translated later, where the reader's language is known."""


def N_(sentence: str) -> str:
    """Return the sentence unchanged; the extraction of the catalogues finds the call."""
    return sentence
