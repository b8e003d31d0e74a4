"""Settings with safe defaults. Each may be overridden by the environment variable LIMS_<NAME>; unknown ones are refused."""

# Where everything the installation keeps lies: database, files, key, sign-ins of the demonstration.
HOME = "var"

# Empty: the embedded SQLite database in HOME. Several organisations on one server: postgresql+psycopg://user@host/name
DATABASE_URL = ""

# Where the server listens. Another address than the machine's own needs PUBLIC.
HOST = "127.0.0.1"
PORT = 8000

# True behind a proxy that speaks TLS: cookies become Secure with the __Host- prefix, browsers are told to stay on TLS.
PUBLIC = False

# Address of the proxy whose X-Forwarded-* headers are believed.
TRUSTED_PROXY = ""

# Signs cookies. Empty: made at the first start and kept in HOME/secret.key (mode 0600).
SECRET_KEY = ""

# The largest upload, in MB; a larger one is refused with a sentence.
MAX_UPLOAD_MB = 50

# Days after publication: until a corrective action is due, until its outer limit (verify against the standard), and for an appeal.
CAPA_DUE_DAYS = 60
CAPA_LIMIT_DAYS = 180
APPEAL_DAYS = 30

# WAL journal although SQLite's version number speaks against it (see docs/operations.md): the written reason.
SQLITE_WAL_REASON = ""

# After how many hours a sample is late in a step, where another limit than the default holds: "decision=8 review=12".
# Steps: receipt decision test result review report return disposal.
OPEN_LOOP_HOURS = ""

# Never on in production; refused together with PUBLIC.
DEBUG = False
