"""Addresses of the pages about money."""

from django.urls import path
from django.utils.translation import gettext_lazy

from accounts.policies import Permission
from web.workspace.nav import SETTINGS, NavEntry, add_entries
from web.workspace.payments import (
    answering,
    asking,
    cards,
    evidence,
    fees,
    income,
    invoices,
    listing,
    page,
    payouts,
    receipt,
    recording,
    views,
    wanting,
)
from web.workspace.payments.credit import views as crediting

add_entries(
    NavEntry(
        key="payments",
        label=gettext_lazy("Payments"),
        icon="wallet",
        url_name="payments",
        permission=Permission.SETTINGS_MANAGE,
        position=91,
        belongs=("payments_",),
        parent=SETTINGS,
    ),
    NavEntry(
        key="money",
        label=gettext_lazy("Money"),
        icon="banknote",
        url_name="money",
        permission=Permission.REPORT_VIEW,
        position=47,
        belongs=("money_",),
    ),
)

urlpatterns = [
    path("payments/", cards.show, name="payments"),
    path("payments/card/connect/", cards.connect, name="payments_connect"),
    path("payments/card/look/", cards.look, name="payments_look"),
    path("payments/card/disconnect/", cards.disconnect, name="payments_disconnect"),
    path("payments/card/silence/", cards.choose_silence, name="payments_silence"),
    path("payments/list/", listing.list_payments, name="money"),
    path("payments/list/payments.csv", listing.download, name="money_file"),
    path("payments/list/payments.xlsx", listing.download_xlsx, name="money_file_xlsx"),
    path("payments/income/", income.show, name="money_income"),
    path("payments/income/income.csv", income.download, name="money_income_file"),
    path("payments/payouts/", payouts.show, name="money_payouts"),
    path("payments/payouts/look/", payouts.look, name="money_payouts_look"),
    path("payments/invoices/", invoices.show_list, name="money_invoices"),
    path("payments/invoices/invoices.csv", invoices.download, name="money_invoices_file"),
    path("payments/invoices/<int:invoice_id>/", invoices.show, name="money_invoice"),
    path("payments/invoices/<int:invoice_id>/issued/", invoices.mark_issued, name="money_invoice_issued"),
    path("payments/invoices/<int:invoice_id>/refused/", invoices.mark_refused, name="money_invoice_refused"),
    path("payments/differences/<int:difference_id>/settled/", listing.settle, name="money_settle"),
    path("payments/<int:payment_id>/", page.show, name="money_payment"),
    path("payments/<int:payment_id>/receipt.pdf", receipt.download, name="money_receipt"),
    path("payments/<int:payment_id>/disputes/<int:dispute_id>/evidence.pdf", evidence.download, name="money_evidence"),
    path("payments/<int:payment_id>/disputes/<int:dispute_id>/answer/", answering.answer, name="money_answer"),
    path("payments/<int:payment_id>/disputes/<int:dispute_id>/accept/", answering.accept, name="money_accept"),
    path("payments/<int:payment_id>/refund/", page.refund, name="money_refund"),
    path("payments/credit/", crediting.switch, name="payments_credit"),
    path("payments/<int:payment_id>/credits/<int:credit_id>/back/", crediting.pay_out, name="credit_pay_out"),
    path("bookings/<int:booking_id>/payments/credit/", crediting.apply, name="credit_apply"),
    path("bookings/<int:booking_id>/refunds/<int:refund_id>/credit/", crediting.swap, name="refund_credit"),
    path("payments/bank/", views.change_bank, name="payments_bank"),
    path("bookings/<int:booking_id>/payments/new/", recording.record, name="payment_new"),
    path("bookings/<int:booking_id>/payments/ask/", asking.ask, name="deposit_ask"),
    path("bookings/<int:booking_id>/payments/invoice/", wanting.want, name="invoice_want"),
    path("bookings/<int:booking_id>/fee/charge/", fees.charge, name="fee_charge"),
    path("bookings/<int:booking_id>/fee/waive/", fees.waive, name="fee_waive"),
    path("bookings/<int:booking_id>/refunds/<int:refund_id>/sent/", views.mark_sent, name="refund_sent"),
]
