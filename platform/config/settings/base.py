"""All concerns together; the three environments start from here."""

from config.settings.apps import *
from config.settings.celery import *
from config.settings.channels import *
from config.settings.company import *
from config.settings.database import *
from config.settings.domains import *
from config.settings.files import *
from config.settings.http import *
from config.settings.i18n import *
from config.settings.limits import *
from config.settings.payments import *
from config.settings.security import *
