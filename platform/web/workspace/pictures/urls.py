"""Addresses of pictures in the workspace."""

from django.urls import path

from web.workspace.pictures import views

urlpatterns = [
    path("pictures/<uuid:key>/<int:width>.<slug:kind>", views.show, name="picture"),
    path("pictures/<slug:kind>/<int:owner_id>/", views.change_place, name="picture_place"),
    path("pictures/<slug:kind>/<int:owner_id>/remove/", views.remove, name="picture_remove"),
]
