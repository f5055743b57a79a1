"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: the setting the OWASP password storage cheat sheet asks for at least.

    Django's default of 100 MiB and eight lanes is a third of a second of a small machine for each sign-in, and a few
    at once fill its memory. A password kept at another setting is kept anew when its owner next signs in.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
