"""Addresses of the platform's own pages."""

from django.urls import path

from web.site import views

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-up/", views.sign_up, name="sign_up"),
    path("sign-up/check-slug/", views.check_slug, name="check_slug"),
    path("sign-up/verify/<str:token>/", views.verify, name="verify"),
    path("sign-up/progress/<str:token>/", views.progress, name="progress"),
    path("sign-up/progress/<str:token>/status/", views.progress_status, name="progress_status"),
]
