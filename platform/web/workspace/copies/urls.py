"""Addresses of what concerns all data of the business."""

from django.urls import path

from web.workspace.copies import views

urlpatterns = [path("data/speak/", views.speak, name="data_speak")]
