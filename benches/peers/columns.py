"""The 16 columns of the import file, for the peers in Python."""

DATES = ["dtContractStart", "dtContractEnd", "dtBirth"]
TEXTS = [
    "firstName", "lastName", "mail", "legalEntity", "department", "manager", "rolePrincipal", "habilitedRoles_0",
    "culture", "employeenumber", "jobTitle", "professionalMobile",
]
ORDER = [
    "login", "firstName", "lastName", "mail", "legalEntity", "dtContractStart", "dtContractEnd", "department", "manager",
    "rolePrincipal", "habilitedRoles_0", "culture", "employeenumber", "dtBirth", "jobTitle", "professionalMobile",
]
REQUIRED = [
    "firstName", "lastName", "mail", "legalEntity", "dtContractStart", "department", "manager", "rolePrincipal", "culture",
]
LISTS = {
    "legalEntity": "establishments.csv", "department": "departments.csv", "rolePrincipal": "roles.csv",
    "habilitedRoles_0": "roles.csv",
}
CULTURES = ["fr-FR", "de-DE", "en-US", "en-GB", "es-ES", "nl-BE", "it-IT"]

# What damaged text looks like: the wrong encoding, a failed formula, a control character, a word for nothing.
DAMAGE = r"Ã.|^#(N/A|REF!|VALUE!|NAME\?|DIV/0!)|[\x00-\x1f]|^(NULL|null|N/A|n/a)$|^\s|\s$"
DAMAGED = ["firstName", "lastName", "department", "jobTitle"]
MAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
PHONE = r"^\+[0-9]{6,15}$"
