"""Addresses of the customer's pages, on a tenant's host."""

from django.urls import path

from web.booking import manage, pictures, sent_photos, views
from web.booking.aftercare import calendar_file, data, feedback, messages, person_request
from web.booking.brand import brand_stylesheet
from web.booking.cancelling import cancel_visit
from web.booking.choices import choose_location, choose_service
from web.booking.consents import views as consents
from web.booking.contents.views import change_own
from web.booking.extras import calendar, feed, photos, repeats, several
from web.booking.notices import views as notices
from web.booking.paying import credit, invoice
from web.booking.paying import receipt as paid_receipt
from web.booking.paying import views as paying
from web.booking.transfers import receipts
from web.booking.verification import verify
from web.booking.visits import views as visits
from web.booking.visits.again import book_again
from web.booking.waiting import entry
from web.booking.waiting.joining import join

app_name = "booking"

urlpatterns = [
    path("", choose_service, name="start"),
    path("place/", choose_location, name="location"),
    path("several/", several.choose_further, name="several"),
    path("total/", several.show_total, name="total"),
    path("visit/", views.tell_visit, name="visit"),
    path("visit/photos/", photos.send_photos, name="photos"),
    path("visit/photos/<int:photo_id>/<int:width>.webp", sent_photos.show_of_run, name="run_photo"),
    path("visit/suggestions/", views.suggest, name="suggest"),
    path("time/", views.choose_time, name="time"),
    path("time/calendar/", calendar.show_calendar, name="calendar_weeks"),
    path("details/", views.tell_details, name="details"),
    path("repeats/", repeats.choose_repeats, name="repeats"),
    path("verify/", verify, name="verify"),
    path("waitlist/", join, name="waitlist"),
    path("w/<str:token>/", entry.show_entry, name="waiting"),
    path("w/<str:token>/accept/", entry.accept, name="waiting_accept"),
    path("w/<str:token>/decline/", entry.decline, name="waiting_decline"),
    path("w/<str:token>/leave/", entry.leave, name="waiting_leave"),
    path("b/<str:token>/", manage.show_booking, name="manage"),
    path("b/<str:token>/calendar.ics", calendar_file.download_calendar, name="calendar"),
    path("b/<str:token>/confirm/", manage.confirm_attendance, name="confirm_attendance"),
    path("b/<str:token>/receipt/", receipts.send, name="receipt"),
    path("b/<str:token>/pay/", paying.pay, name="pay"),
    path("b/<str:token>/pay/credit/", credit.pay, name="pay_credit"),
    path("b/<str:token>/refunds/credit/", credit.keep, name="keep_credit"),
    path("b/<str:token>/receipt.pdf", paid_receipt.download, name="paid_receipt"),
    path("b/<str:token>/invoice/", invoice.ask, name="invoice"),
    path("b/<str:token>/invoice/withdraw/", invoice.withdraw, name="invoice_withdraw"),
    path("b/<str:token>/paid/", paying.show_paid, name="paid"),
    path("b/<str:token>/paid/status/", paying.tell_status, name="paid_status"),
    path("b/<str:token>/move/", manage.move_booking, name="move"),
    path("b/<str:token>/change/", change_own, name="change"),
    path("b/<str:token>/cancel/", cancel_visit, name="cancel"),
    path("b/<str:token>/feedback/", feedback.tell_how_it_was, name="feedback"),
    path("b/<str:token>/feedback/publish/", feedback.change_consent, name="feedback_publish"),
    path("b/<str:token>/messages/", messages.write, name="messages"),
    path("b/<str:token>/data/", data.show, name="data"),
    path("b/<str:token>/data/own-data.json", data.download, name="data_download"),
    path("data/<str:token>/", person_request.show, name="person_request"),
    path("data/<str:token>/file/", person_request.take, name="person_file"),
    path("b/<str:token>/photos/<int:photo_id>/<int:width>.webp", sent_photos.show_of_booking, name="booking_photo"),
    path("privacy/", notices.show, name="notice"),
    path("privacy/<slug:version>/", notices.show, name="notice_version"),
    path("c/<str:token>/", consents.show, name="consents"),
    path("c/<str:token>/end/<slug:purpose>/", consents.end, name="consents_end"),
    path("feeds/<str:token>/calendar.ics", feed.read_feed, name="feed"),
    path("visits/", visits.ask, name="visits"),
    path("visits/<str:token>/", visits.show, name="own_visits"),
    path("visits/<str:token>/data.json", visits.download, name="own_data"),
    path("visits/<str:token>/photos/<int:photo_id>/<int:width>.webp", sent_photos.show_of_contact, name="own_photo"),
    path("visits/<str:token>/end/", visits.end, name="end_visits"),
    path("visits/<str:token>/pay/<int:booking_id>/", credit.pay_from_visits, name="visits_pay"),
    path("visits/<str:token>/again/<int:booking_id>/", book_again, name="book_again"),
    path("pictures/<uuid:key>/<int:width>.<slug:kind>", pictures.show, name="picture"),
    path("brand.css", brand_stylesheet, name="brand"),
]
