"""Addresses of the operator's console."""

from django.urls import path

from operators import views

app_name = "operators"

urlpatterns = [
    path("", views.list_tenants, name="tenants"),
    path("tenants/<str:schema_name>/status/", views.change_status, name="change_status"),
]
