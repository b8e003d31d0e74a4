"""The reasons that the program itself writes into the trail, in the reader's language; what a person typed stays as it is."""

from __future__ import annotations

import re

from lims.marks import N_
from lims.words import translate

#: as the services write them, and the same with a value at the end
REASONS = (
    N_("a job failed"), N_("accepted an upload"), N_("approved the protocol of a round"), N_("asked for a file to be read again"),
    N_("asked for a score run"), N_("asked for a verification of the statistics"), N_("changed the own password"),
    N_("checked a score run"), N_("chose a language"), N_("claimed a job"), N_("closed"), N_("confirmed the receipt of a box"),
    N_("decided about a critical error"),
    N_("decided about a sample"), N_("disabled an account"), N_("dispatched the items of a round"), N_("drew the codes of a round"),
    N_("drew up a comparison scheme"), N_("ended a login session"), N_("enrolled a laboratory in a round"), N_("failed sign-in"),
    N_("failed signature"), N_("first administrator"), N_("handed results of a round to the authoriser"),
    N_("invited laboratories to a round"), N_("lifted a lock"), N_("load the shipped catalogue"), N_("locked a round"),
    N_("made a distribution record"), N_("made an API token"), N_("made the setup token"), N_("opened the enrolment of a round"),
    N_("opened the follow-up of a round"), N_("opened the review of a round"), N_("planned a comparison round"), N_("printed labels"),
    N_("received a sample"), N_("registered a laboratory"), N_("registered a sample"), N_("registered samples from a sheet"),
    N_("registered an organisation"),
    N_("released a round"), N_("released the results of a sample"), N_("reset a password"), N_("revised the plan of a round"),
    N_("saved results of a round"), N_("scored a round"), N_("sealed the truth of a round"), N_("sent a sample"),
    N_("signed an opinion on a round"), N_("signed in"), N_("signed out"), N_("signed the decision about a sample"),
    N_("signed the results of a round"), N_("stronger password hash"), N_("the deadline came"),
    N_("took over a filled result form"), N_("unblinded a round"),
    N_("verified the statistics by the reference cases"), N_("wrote the items of a round"), N_("recorded the preparation of an item"),
    N_("progress of a job"), N_("reported samples"), N_("samples got results"), N_("cancelled a sample"),
    N_("declined the invitation to a round"), N_("withdrew a decision"), N_("used a login session"),
    N_("screened the results of a round"), N_("asked a laboratory to confirm items"), N_("answered a question about items"),
    N_("decided a question about items"), N_("began a batch of scans"),
    N_("typed values of a batch of scans"), N_("scanned a tube"), N_("took a scan back"), N_("gave up a batch of scans"),
    N_("registered a batch of scanned tubes"),
    N_("began an assay rule"), N_("changed a draft of an assay rule"), N_("handed an assay rule over for approval"),
    N_("discarded a draft of an assay rule"), N_("approved an assay rule"), N_("chose the assay rule of an upload"),
    N_("began a profile"), N_("changed a draft profile"), N_("saved a profile"), N_("withdrew a profile"),
    N_("asked a laboratory for a self-check"), N_("wrote the record of a corrective action"),
    N_("handed over a corrective action"), N_("judged a corrective action"), N_("raised an appeal"), N_("raised a complaint"),
    N_("recorded the items of a box"), N_("asked for a replacement of items"), N_("sent a replacement box"),
    N_("entered the stock of an item"), N_("proposed a line of the annual plan"), N_("agreed to a line of the annual plan"),
    N_("decided an appeal"), N_("answered a complaint"),
    N_("registered a validation study"), N_("wrote the plan of a validation study"),
    N_("took back an amendment of a validation plan"), N_("approved the plan of a validation study"),
    N_("opened the data collection of a validation study"), N_("added data to a validation study"),
    N_("left out a row of a validation study"), N_("repeated a discordant result of a validation study"),
    N_("read an item of a validation study"), N_("locked the data of a validation study"),
    N_("analysed a validation study"), N_("sent a validation study to review"),
    N_("signed an opinion on a validation study"), N_("signed the decision on a validation study"),
    N_("signed the authorised scope of a method"), N_("recorded the surveillance of a method"),
    N_("began a re-validation"), N_("withdrew a validation study"),
    N_("named a reviewer of a round"), N_("declared the own interests in a round"), N_("commented a round under review"),
    N_("filed the minutes of a review meeting"), N_("completed an action item of a review meeting"), N_("changed a verdict in the review"),
    N_("added a storage place"), N_("moved a sample in the store"), N_("took a sample out of the store"), N_("divided a sample"),
    N_("pooled samples"), N_("thawed a portion"), N_("used a portion"), N_("lost a portion"),
    N_("began a box"), N_("packed a sample"), N_("took a sample out of a box"), N_("described the transport of a box"),
    N_("gave up a box"), N_("dispatched a box"), N_("received a box"), N_("settled what did not arrive"),
    N_("issued an interim report"), N_("asked for the archive of a round"), N_("made the archive of a round"),
)  # fmt: skip
WITH_A_VALUE = (
    N_("amended a result: %(value)s"), N_("decided %(count)s readings: %(value)s"), N_("ended all login sessions: %(value)s"),
    N_("gave an assay rule back: %(value)s"), N_("withdrew an assay rule: %(value)s"), N_("overrode an interpretation: %(value)s"),
    N_("gave the role %(value)s"), N_("matched a parked row: %(value)s"), N_("overrode failed controls: %(value)s"),
    N_("moved samples to %(value)s"),
    N_("read the file %(value)s"), N_("registered user %(value)s"), N_("reviewed %(count)s results"),
    N_("made a worklist of %(count)s samples"), N_("undid an upload: %(value)s"),
    N_("uploaded %(value)s"),
)  # fmt: skip
_PATTERNS = [(sentence, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(sentence)), re.DOTALL)) for sentence in WITH_A_VALUE]


def reason_words(reason: str, language: str) -> str:
    """The reason of an event for a reader of ``language``."""
    if reason in REASONS:
        return translate(reason, language)
    for sentence, pattern in _PATTERNS:
        found = pattern.fullmatch(reason)
        if found:
            return translate(sentence, language, **found.groupdict())
    return reason
