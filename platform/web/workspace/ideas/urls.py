"""Address of telling the platform what is missing; the navigation leads there at its end, not by an entry."""

from django.urls import path

from web.workspace.ideas import views

urlpatterns = [path("ideas/", views.tell, name="ideas")]
