"""What an invitation needs to leave the house: the portal's public address and the keys for its links."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.invitations.models import Invitation
from portal.invitations.tokens import hash_of, new_seed, token_again, token_of
from portal.surveys.models import Survey
from portal.surveys.wording import addressed, after_greeting, words_of


@dataclass(frozen=True)
class Office:
    """Where links lead to and what they are made with; the present secret key is the first."""

    public_url: str
    secret_keys: Sequence[str]

    def link(self, invitation: Invitation) -> str | None:
        """The address of its public page; None when the key that it was made with is gone."""
        token = token_again(invitation.seed, invitation.token_hash, self.secret_keys)
        return self._address(token) if token else None

    def link_to_send(self, invitation: Invitation) -> str:
        """The same; when the key is gone, a new one takes the place of what nobody can make again."""
        found = self.link(invitation)
        if found is None:
            invitation.seed = new_seed()
            token = token_of(invitation.seed, self.secret_keys[0])
            invitation.token_hash = hash_of(token)
            found = self._address(token)
        return found

    def _address(self, token: str) -> str:
        return f"{self.public_url}/s/{token}"


def words_for(survey: Survey, locale: str, name: str, *, greeted: bool = False) -> dict[str, str]:
    """What the survey says to somebody of that name, in that language.

    Below a greeting (`greeted`) nothing begins with the name once more.
    """
    said = words_of(survey.texts, locale)
    return {key: addressed(after_greeting(text) if greeted else text, name) for key, text in said.items()}
