"""Addresses of the platform's own pages."""

from django.urls import path

from web.site import carrier, entrance, sign_ups, views, workplaces

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("prices/", views.prices, name="prices"),
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-in/mail/", workplaces.ask, name="workplaces"),
    path("legal/record/", views.record, name="record"),
    path("legal/<slug:document>/", views.legal, name="legal"),
    path("legal/<slug:document>/<slug:version>/", views.legal, name="legal_version"),
    path("carrier/sms/", carrier.take_sms, name="carrier_sms"),
    path("sign-up/", sign_ups.sign_up, name="sign_up"),
    path("sign-up/check-slug/", sign_ups.check_slug, name="check_slug"),
    path("sign-up/verify/<str:token>/", sign_ups.verify, name="verify"),
    path("sign-up/progress/<str:token>/", sign_ups.progress, name="progress"),
    path("sign-up/progress/<str:token>/status/", sign_ups.progress_status, name="progress_status"),
    path("sign-up/progress/<str:token>/again/", sign_ups.send_again, name="send_again"),
    path("sign-up/progress/<str:token>/mail/", sign_ups.correct_mail, name="correct_mail"),
]
