"""A gentle "Did you mean …?" for email addresses; the patient may always go on with what they typed."""

COMMON_DOMAINS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net",
    "verizon.net", "sbcglobal.net", "bellsouth.net", "protonmail.com", "charter.net",
)  # fmt: skip

# Real providers one slip away from a common one.
REAL_NEIGHBORS = frozenset(
    {
        "ymail.com",
        "mail.com",
        "email.com",
        "gmx.com",
        "yahoo.co",
        "hotmail.co",
        "outlook.co",
        "hotmail.ca",
        "yahoo.ca",
    }
)

_ENDING_SLIPS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "cpm": "com",
    "nte": "net",
}


def did_you_mean(email: str) -> str:
    """The likely address, or an empty string where nothing looks mistyped."""
    local, at, domain = email.strip().rpartition("@")
    typed = domain.lower()
    if not (local and at and typed) or typed in COMMON_DOMAINS or typed in REAL_NEIGHBORS:
        return ""
    name, _, ending = typed.rpartition(".")
    mended = f"{name}.{_ENDING_SLIPS[ending]}" if name and ending in _ENDING_SLIPS else typed
    for common in COMMON_DOMAINS:
        if mended == common or _one_slip_apart(mended, common):
            return f"{local}@{common}"
    return f"{local}@{mended}" if mended != typed else ""


def _one_slip_apart(one: str, other: str) -> bool:
    """One letter missing, added, wrong, or two neighbors swapped."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start + 2 :] == other[start + 2 :] and one[start : start + 2] == other[start : start + 2][::-1]
