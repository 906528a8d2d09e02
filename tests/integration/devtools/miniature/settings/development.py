"""``config.settings.development`` of the miniature: Celery looks for Django's settings when they are named."""

SECRET_KEY = "miniature"
INSTALLED_APPS = []
DATABASES = {}
USE_TZ = True
