"""Addresses of version 1."""

from django.urls import path

from api.v1.availability import views as availability
from api.v1.bookings import changing, door, following, series, staff, steps
from api.v1.bookings import views as bookings
from api.v1.catalog import views as catalog
from api.v1.customers import consents
from api.v1.customers import views as customers
from api.v1.exports import views as exports
from api.v1.invoices import views as invoices
from api.v1.manage import aftercare
from api.v1.manage import changing as own_changing
from api.v1.manage import paying as own_paying
from api.v1.manage import views as manage
from api.v1.payments import views as payments
from api.v1.photos import views as photos
from api.v1.privacy import views as privacy
from api.v1.reference import views as reference
from api.v1.setups import urls as setup_urls
from api.v1.talk import views as talk
from api.v1.visits import views as visits
from api.v1.waitlist import views as waitlist
from api.v1.webhooks import views as webhooks

app_name = "api"

urlpatterns = [
    path("schema/", reference.SchemaView.as_view(), name="schema"),
    path("docs/", reference.DocsView.as_view(), name="docs"),
    # Without the slash as well: nobody is sent elsewhere under this path.
    path("schema", reference.SchemaView.as_view()),
    path("docs", reference.DocsView.as_view()),
    path("business", catalog.BusinessView.as_view(), name="business"),
    path("business/feedback", catalog.PraiseView.as_view(), name="praise"),
    path("services", catalog.ServicesView.as_view(), name="services"),
    path("resources", catalog.ResourcesView.as_view(), name="resources"),
    path("availability", availability.AvailabilityView.as_view(), name="availability"),
    path("availability/repeats", availability.RepeatsView.as_view(), name="repeats"),
    path("availability/explain", availability.ExplainView.as_view(), name="explain"),
    path("holds", bookings.HoldsView.as_view(), name="holds"),
    path("holds/<str:hold_id>", bookings.HoldView.as_view(), name="hold"),
    path("holds/<str:hold_id>/extension", bookings.HoldExtensionView.as_view(), name="hold_extension"),
    path("photos", photos.NewSetView.as_view(), name="photos"),
    path("photos/<str:photo_set>", photos.SetView.as_view(), name="photo-set"),
    path("photos/<str:photo_set>/<str:photo_id>", photos.PhotoView.as_view(), name="photo"),
    path("bookings", door.BookingsView.as_view(), name="bookings"),
    path("bookings/<str:booking_id>", door.BookingView.as_view(), name="booking"),
    path("bookings/<str:booking_id>/confirm", steps.ConfirmView.as_view(), name="booking-confirm"),
    path("bookings/<str:booking_id>/decline", steps.DeclineView.as_view(), name="booking-decline"),
    path("bookings/<str:booking_id>/cancel", steps.CancelView.as_view(), name="booking-cancel"),
    path(
        "bookings/<str:booking_id>/cancel_following", following.CancelFollowingView.as_view(), name="cancel-following"
    ),
    path("bookings/<str:booking_id>/undo_following", following.UndoFollowingView.as_view(), name="undo-following"),
    path("bookings/<str:booking_id>/arrive", steps.ArriveView.as_view(), name="booking-arrive"),
    path("bookings/<str:booking_id>/start", steps.StartView.as_view(), name="booking-start"),
    path("bookings/<str:booking_id>/pause", steps.PauseView.as_view(), name="booking-pause"),
    path("bookings/<str:booking_id>/resume", steps.ResumeView.as_view(), name="booking-resume"),
    path("bookings/<str:booking_id>/delay", steps.DelayView.as_view(), name="booking-delay"),
    path("bookings/<str:booking_id>/complete", steps.CompleteView.as_view(), name="booking-complete"),
    path("bookings/<str:booking_id>/no_show", steps.NoShowView.as_view(), name="booking-no-show"),
    path("bookings/<str:booking_id>/charge_fee", steps.ChargeFeeView.as_view(), name="booking-charge-fee"),
    path("bookings/<str:booking_id>/waive_fee", steps.WaiveFeeView.as_view(), name="booking-waive-fee"),
    path("bookings/<str:booking_id>/reschedule", steps.RescheduleView.as_view(), name="booking-reschedule"),
    path("bookings/<str:booking_id>/change", changing.ChangeView.as_view(), name="booking-change"),
    path("bookings/<str:booking_id>/change/preview", changing.PreviewView.as_view(), name="booking-change-preview"),
    path("bookings/<str:booking_id>/reassign", steps.ReassignView.as_view(), name="booking-reassign"),
    path("bookings/<str:booking_id>/undo", staff.UndoView.as_view(), name="booking-undo"),
    path("bookings/<str:booking_id>/correct", staff.CorrectView.as_view(), name="booking-correct"),
    path("bookings/<str:booking_id>/messages", talk.ThreadView.as_view(), name="booking-messages"),
    path("customers", customers.CustomersView.as_view(), name="customers"),
    path("customers/<str:customer_id>", customers.CustomerView.as_view(), name="customer"),
    path("customers/<str:customer_id>/consents", consents.ConsentsView.as_view(), name="customer-consents"),
    path("assets", customers.AssetsView.as_view(), name="assets"),
    path("assets/<str:asset_id>", customers.AssetView.as_view(), name="asset"),
    path("assets/<str:asset_id>/owners", customers.AssetOwnersView.as_view(), name="asset_owners"),
    path("assets/<str:asset_id>/archive", customers.AssetArchiveView.as_view(), name="asset_archive"),
    path("assets/<str:asset_id>/restore", customers.AssetRestoreView.as_view(), name="asset_restore"),
    path("series", series.SeriesListView.as_view(), name="series"),
    path("series/<str:series_id>", series.OneSeriesView.as_view(), name="one-series"),
    path("messages", talk.MessagesView.as_view(), name="messages"),
    path("exports", exports.ExportsView.as_view(), name="exports"),
    path("feedback", talk.FeedbackListView.as_view(), name="feedback"),
    path("feedback/<str:booking_id>", talk.OneFeedbackView.as_view(), name="one-feedback"),
    path("feedback/<str:booking_id>/answer", talk.AnswerView.as_view(), name="feedback-answer"),
    path("feedback/<str:booking_id>/hide", talk.HideView.as_view(), name="feedback-hide"),
    path("feedback/<str:booking_id>/show", talk.ShowView.as_view(), name="feedback-show"),
    path("payments", payments.PaymentsView.as_view(), name="payments"),
    path("payments/<str:payment_id>", payments.PaymentView.as_view(), name="payment"),
    path("payments/<str:payment_id>/refund", payments.RefundView.as_view(), name="payment-refund"),
    path("invoices", invoices.InvoicesView.as_view(), name="invoices"),
    path("invoices/<str:invoice_id>", invoices.InvoiceView.as_view(), name="invoice"),
    path("invoices/<str:invoice_id>/issue", invoices.IssueView.as_view(), name="invoice-issue"),
    path("invoices/<str:invoice_id>/refuse", invoices.RefuseView.as_view(), name="invoice-refuse"),
    path("bookings/<str:booking_id>/invoice", invoices.WantView.as_view(), name="booking-invoice"),
    path("privacy_requests", privacy.RequestsView.as_view(), name="privacy-requests"),
    path("privacy_requests/<str:request_id>", privacy.OneRequestView.as_view(), name="privacy-request"),
    path("privacy_requests/<str:request_id>/choose", privacy.ChooseView.as_view(), name="privacy-request-choose"),
    path("privacy_requests/<str:request_id>/identify", privacy.IdentifyView.as_view(), name="privacy-request-identify"),
    path("privacy_requests/<str:request_id>/extend", privacy.ExtendView.as_view(), name="privacy-request-extend"),
    path("privacy_requests/<str:request_id>/grant", privacy.GrantView.as_view(), name="privacy-request-grant"),
    path("privacy_requests/<str:request_id>/refuse", privacy.RefuseView.as_view(), name="privacy-request-refuse"),
    path("privacy_requests/<str:request_id>/finish", privacy.FinishView.as_view(), name="privacy-request-finish"),
    path("privacy_requests/<str:request_id>/withdraw", privacy.WithdrawView.as_view(), name="privacy-request-withdraw"),
    path("privacy_requests/<str:request_id>/erase", privacy.EraseView.as_view(), name="privacy-request-erase"),
    path("privacy_requests/<str:request_id>/export", privacy.ExportView.as_view(), name="privacy-request-export"),
    path("privacy_requests/<str:request_id>/file", privacy.FileView.as_view(), name="privacy-request-file"),
    *setup_urls.PATTERNS,
    path("webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<str:webhook_id>", webhooks.OneWebhookView.as_view(), name="webhook"),
    path("webhooks/<str:webhook_id>/on", webhooks.OnView.as_view(), name="webhook-on"),
    path("webhooks/<str:webhook_id>/off", webhooks.OffView.as_view(), name="webhook-off"),
    path("webhooks/<str:webhook_id>/rotate", webhooks.RotateView.as_view(), name="webhook-rotate"),
    path("webhooks/<str:webhook_id>/test", webhooks.TestView.as_view(), name="webhook-test"),
    path("webhooks/<str:webhook_id>/secret", webhooks.SecretView.as_view(), name="webhook-secret"),
    path("webhooks/<str:webhook_id>/deliveries", webhooks.DeliveriesView.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/again",
        webhooks.SendAgainView.as_view(),
        name="webhook-again",
    ),
    path("waitlist", waitlist.WaitlistView.as_view(), name="waitlist"),
    path("waitlist/<str:entry_id>", waitlist.QueuedView.as_view(), name="waitlist-entry"),
    path("waiting/<str:token>", waitlist.WaitingView.as_view(), name="waiting"),
    path("waiting/<str:token>/accept", waitlist.AcceptView.as_view(), name="waiting-accept"),
    path("waiting/<str:token>/decline", waitlist.DeclineView.as_view(), name="waiting-decline"),
    path("manage/<str:token>", manage.ManageView.as_view(), name="manage"),
    path("manage/<str:token>/confirm", manage.ConfirmView.as_view(), name="manage-confirm"),
    path("manage/<str:token>/reschedule", manage.RescheduleView.as_view(), name="manage-reschedule"),
    path("manage/<str:token>/change", own_changing.ChangeView.as_view(), name="manage-change"),
    path("manage/<str:token>/change/preview", own_changing.PreviewView.as_view(), name="manage-change-preview"),
    path("manage/<str:token>/cancel", manage.CancelView.as_view(), name="manage-cancel"),
    path("manage/<str:token>/cancel_following", manage.CancelFollowingView.as_view(), name="manage-cancel-following"),
    path("manage/<str:token>/pay_with_credit", own_paying.PayWithCreditView.as_view(), name="manage-credit"),
    path("manage/<str:token>/feedback", aftercare.FeedbackView.as_view(), name="manage-feedback"),
    path("manage/<str:token>/feedback/publish", aftercare.PublishView.as_view(), name="manage-publish"),
    path("manage/<str:token>/messages", aftercare.MessagesView.as_view(), name="manage-messages"),
    path("manage/<str:token>/data", aftercare.OwnDataView.as_view(), name="manage-data"),
    path("manage/<str:token>/data_requests", aftercare.DataRequestsView.as_view(), name="manage-data-requests"),
    path("manage/<str:token>/calendar.ics", manage.CalendarView.as_view(), name="manage-calendar"),
    path("visits", visits.AskView.as_view(), name="visits"),
    path("visits/<str:token>", visits.VisitsView.as_view(), name="own-visits"),
    path("visits/<str:token>/consents", consents.OwnConsentsView.as_view(), name="own-consents"),
    path("visits/<str:token>/data", visits.OwnVisitsView.as_view(), name="own-visits-data"),
    path(
        "visits/<str:token>/pay_with_credit/<str:booking_id>",
        own_paying.PayFromVisitsView.as_view(),
        name="visit-credit",
    ),
    path("visits/<str:token>/again/<str:booking_id>", visits.AgainView.as_view(), name="visit-again"),
]
