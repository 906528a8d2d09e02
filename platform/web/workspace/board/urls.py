"""Addresses of the day board."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.board import live, news, overview, sheet, views
from web.workspace.nav import NavEntry, PhoneTab, add_entries, add_tabs

add_entries(
    NavEntry(
        key="calendar",
        label=gettext_lazy("Calendar"),
        icon="calendar-days",
        url_name="board",
        permission=Permission.BOARD_VIEW,
        position=10,
        belongs=("week", "month", "day_sheet", "bulk"),
    )
)


add_tabs(
    PhoneTab(
        key="agenda",
        label=gettext_lazy("Agenda"),
        icon="calendar-days",
        url_name="board",
        query="who=all",
        permission=Permission.BOARD_VIEW,
        position=20,
    ),
)

urlpatterns = [
    path("", views.show_board, name="board"),
    path("board/", views.show_board_fragment, name="board_fragment"),
    path("week/", overview.show_week, name="week"),
    path("month/", overview.show_month, name="month"),
    path("day-sheet/", sheet.show_sheet, name="day_sheet"),
    path("live/", live.stream_live, name="live"),
    path("news/", news.show_news, name="news"),
]
