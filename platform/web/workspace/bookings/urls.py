"""Addresses of bookings."""

from django.urls import path
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.policies import Permission
from tenants.enums import Ability
from web.workspace.bookings import corrections, levels, listing, moves, new, views
from web.workspace.bookings.alongside import views as alongside
from web.workspace.bookings.contents import views as contents
from web.workspace.bookings.knowing import views as knowing
from web.workspace.bookings.resizing import fits, lengths
from web.workspace.nav import NavEntry, PhoneTab, add_entries, add_tabs

add_entries(
    NavEntry(
        key="bookings",
        label=gettext_lazy("Bookings"),
        icon="list",
        url_name="list",
        permission=Permission.BOARD_VIEW,
        position=20,
        belongs=(
            "booking",
            "move",
            "length",
            "change_visit",
            "correct",
            "level",
            "undo",
            "undo_following",
            "action",
            "pause",
            "resume",
            "late",
            "notes",
        ),
    ),
    NavEntry(
        key="new",
        label=gettext_lazy("New booking"),
        icon="calendar-plus",
        url_name="new",
        permission=Permission.BOOKING_MANAGE,
        position=30,
        ability=Ability.BOOK,
    ),
)

add_tabs(
    PhoneTab(
        key="search",
        label=gettext_lazy("Search"),
        icon="search",
        url_name="list",
        permission=Permission.BOARD_VIEW,
        position=30,
    ),
    PhoneTab(
        key="new",
        label=pgettext_lazy("booking, in a bar of short words", "New"),
        icon="plus",
        url_name="new",
        permission=Permission.BOOKING_MANAGE,
        ability=Ability.BOOK,
        position=40,
    ),
)

urlpatterns = [
    path("bookings/", listing.list_found, name="list"),
    path("bookings/new/found/", knowing.show_customers, name="new_found"),
    path("bookings/new/", new.make_booking, name="new"),
    path("bookings/<int:booking_id>/", views.show_booking, name="booking"),
    path("bookings/<int:booking_id>/move/", moves.move_booking, name="move"),
    path("bookings/<int:booking_id>/length/", lengths.change_length, name="length"),
    path("bookings/<int:booking_id>/fit/", fits.show_fit, name="fit"),
    path("bookings/<int:booking_id>/change/", contents.change_booking, name="change_visit"),
    path("bookings/<int:booking_id>/correct/", corrections.correct, name="correct"),
    path("bookings/<int:booking_id>/level/", levels.change_level, name="level"),
    path("bookings/<int:booking_id>/undo/<slug:status>/", views.undo_action, name="undo"),
    path("bookings/<int:booking_id>/undo-following/", views.undo_following, name="undo_following"),
    path("bookings/<int:booking_id>/pause/", alongside.pause, name="pause"),
    path("bookings/<int:booking_id>/resume/", alongside.resume, name="resume"),
    path("bookings/<int:booking_id>/late/", alongside.say_late, name="late"),
    path("bookings/<int:booking_id>/notes/", alongside.keep_notes, name="notes"),
    path("bookings/<int:booking_id>/<slug:key>/", views.perform_action, name="action"),
]
