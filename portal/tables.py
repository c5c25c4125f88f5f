"""Every table of the house, so that mappers and migrations know them all. A new room adds its line."""

from portal.advocacy import models as advocacy
from portal.backing import models as backing
from portal.buying_centre import models as buying_centre
from portal.celebrations import models as celebrations
from portal.commitments import models as commitments
from portal.contacts import models as contacts
from portal.customers import models as customers
from portal.digests import models as digests
from portal.extensions import db
from portal.follow_ups import models as follow_ups
from portal.imports import models as imports
from portal.invitations import models as invitations
from portal.ledger import models as ledger
from portal.lists import models as lists
from portal.mail import models as mail
from portal.merging import models as merging
from portal.objections import models as objections
from portal.playbooks import models as playbooks
from portal.purchases import models as purchases
from portal.relay import models as relay
from portal.responses import models as responses
from portal.retention import models as retention
from portal.review import models as review
from portal.settings import models as settings
from portal.surveys import models as surveys
from portal.testimonials import models as testimonials
from portal.timeline import models as timeline
from portal.trials import models as trials
from portal.users import models as users

ROOMS = (
    advocacy, backing, buying_centre, celebrations, commitments, contacts, customers, digests, follow_ups, imports,
    invitations, ledger, lists, mail, merging, objections, playbooks, purchases, relay, responses, retention, review,
    settings, surveys, testimonials, timeline, trials, users,
)  # fmt: skip
metadata = db.metadata
