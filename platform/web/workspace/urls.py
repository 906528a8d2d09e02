"""Addresses of the workspace, under ``/workspace/`` on a tenant's host."""

from django.urls import path

from web.workspace import board, bookings, lists, live, moves, new_booking

app_name = "workspace"

urlpatterns = [
    path("", board.show_board, name="board"),
    path("board/", board.show_board_fragment, name="board_fragment"),
    path("live/", live.stream_live, name="live"),
    path("news/", bookings.show_news, name="news"),
    path("bookings/", lists.list_found, name="list"),
    path("bookings/new/", new_booking.make_booking, name="new"),
    path("bookings/<int:booking_id>/", bookings.show_booking, name="booking"),
    path("bookings/<int:booking_id>/move/", moves.move_booking, name="move"),
    path("bookings/<int:booking_id>/<slug:key>/", bookings.perform_action, name="action"),
]
