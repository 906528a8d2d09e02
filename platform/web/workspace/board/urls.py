"""Addresses of the day board."""

from django.urls import path

from web.workspace.board import live, views

urlpatterns = [
    path("", views.show_board, name="board"),
    path("board/", views.show_board_fragment, name="board_fragment"),
    path("live/", live.stream_live, name="live"),
]
