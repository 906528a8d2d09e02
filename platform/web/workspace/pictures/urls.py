"""Addresses of pictures in the workspace."""

from django.urls import path

from web.workspace.pictures import views

urlpatterns = [
    path("pictures/<uuid:key>/<int:width>.<slug:kind>", views.show, name="picture"),
]
