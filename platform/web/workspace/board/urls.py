"""Addresses of the day board."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.board import live, news, views
from web.workspace.nav import NavEntry, add_entries

add_entries(
    NavEntry(
        key="calendar",
        label=gettext_lazy("Calendar"),
        icon="calendar-days",
        url_name="board",
        permission=Permission.BOARD_VIEW,
        position=10,
    )
)

urlpatterns = [
    path("", views.show_board, name="board"),
    path("board/", views.show_board_fragment, name="board_fragment"),
    path("live/", live.stream_live, name="live"),
    path("news/", news.show_news, name="news"),
]
