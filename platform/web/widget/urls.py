"""The address of the widget's script, on a tenant's host."""

from django.urls import path

from web.widget.script import serve_script

urlpatterns = [path("embed.js", serve_script, name="widget_script")]
