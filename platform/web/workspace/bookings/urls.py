"""Addresses of bookings."""

from django.urls import path

from web.workspace.bookings import listing, moves, new, views

urlpatterns = [
    path("news/", views.show_news, name="news"),
    path("bookings/", listing.list_found, name="list"),
    path("bookings/new/", new.make_booking, name="new"),
    path("bookings/<int:booking_id>/", views.show_booking, name="booking"),
    path("bookings/<int:booking_id>/move/", moves.move_booking, name="move"),
    path("bookings/<int:booking_id>/<slug:key>/", views.perform_action, name="action"),
]
