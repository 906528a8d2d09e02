"""The business, its services, and what a customer may choose."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response

from api.document import describe_call
from api.pagination import answer_page
from api.v1.catalog.serializers import (
    BusinessShape,
    PraiseShape,
    ResourceList,
    ResourcesQuery,
    ServiceList,
    ServicesQuery,
)
from api.views import OpenView, make_money
from edge.language import current_language
from kernel.page import Page
from privacy.selectors.notices import name_shown_version
from scheduling.errors import ServiceNotFound
from scheduling.selectors.aftercare.feedback import list_published
from scheduling.selectors.catalog import services as catalog
from scheduling.types import PUBLIC_TERMS, Question, ResourceView, ServiceView
from scheduling.types.aftercare.views import Praise
from tenants.context import current_tenant
from tenants.errors import NotPublished
from tenants.hosts import make_base_url
from tenants.policies import check_published, may_strangers_book
from tenants.types import TenantInfo
from verticals.registry import get_vertical


class BusinessView(OpenView):
    """``GET business``."""

    @describe_call("get_business", responses=BusinessShape)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return name, brand, places and the words of the trade."""
        tenant = current_tenant()
        body = {
            "name": tenant.name,
            "brand": {"accent": tenant.accent},
            "locale": tenant.locale,
            "timezone": tenant.timezone,
            "currency": tenant.currency,
            "country": tenant.country,
            "takes_bookings": may_strangers_book(),
            "is_published": tenant.is_published,
            "locations": catalog.list_locations(),
            "vertical": _describe_vertical(tenant),
            "privacy_notice": {
                "version": name_shown_version(),
                "url": tenant.profile.privacy_url or f"{make_base_url(tenant.primary_host)}/privacy/",
            },
        }
        return Response(BusinessShape(body).data)


class PraiseView(OpenView):
    """``GET business/feedback``."""

    @describe_call("get_published_feedback", fails=(NotPublished,), responses=PraiseShape)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return what customers said and let everybody read, as the booking page shows it."""
        check_published()
        praise = list_published() or Praise(count=0, average=0.0, newest=())
        return Response(
            {
                "count": praise.count,
                "average": round(praise.average, 2) if praise.count else None,
                "newest": [
                    {
                        "author": each.author,
                        "score": each.score,
                        "comment": each.comment,
                        "answer": each.answer,
                        "said_at": each.created_at,
                    }
                    for each in praise.newest
                ],
            }
        )


class ServicesView(OpenView):
    """``GET services``."""

    @describe_call("list_services", fails=(NotPublished,), parameters=[ServicesQuery], responses=ServiceList)
    def get(self, request: Request) -> Response:
        """List what customers can book, in the business's order."""
        check_published()
        query = ServicesQuery.read(request)
        services = catalog.list_bookable_services(
            location_id=query.validated_data.get("location"), language=current_language()
        )
        return answer_page(Page(services), shape=ServiceList, describe=_describe_service)


class ResourcesView(OpenView):
    """``GET resources``."""

    @describe_call(
        "list_resources",
        fails=(NotPublished, ServiceNotFound),
        parameters=[ResourcesQuery],
        responses=ResourceList,
    )
    def get(self, request: Request) -> Response:
        """List the people or things among which a customer may choose for a service."""
        check_published()
        query = ResourcesQuery.read(request)
        service = catalog.get_service(service_id=query.validated_data["service"])
        if not service.is_online:
            raise ServiceNotFound
        resources = catalog.list_choosable_resources(service_id=service.id)
        return answer_page(Page(resources), shape=ResourceList, describe=_describe_resource)


def _describe_vertical(tenant: TenantInfo) -> dict[str, Any]:
    vertical = get_vertical(tenant.vertical)
    language = current_language()
    fields = vertical.asset.fields if vertical.asset else ()
    return {
        "key": vertical.key,
        "vocabulary": dict(vertical.list_words(language=language, country=tenant.country)),
        "asset_fields": [
            {
                "key": field.key,
                "label": gettext(vertical.label_field(field, language=language, country=tenant.country)),
                "kind": field.kind.value,
                "is_required": field.required,
                "choices": [choice.key for choice in field.choices],
            }
            for field in fields
        ],
        "takes_photos": vertical.intake.has_photos,
        "arrival_modes": [{"key": mode.key, "label": gettext(mode.label)} for mode in vertical.intake.arrival_modes],
        "symptoms": [{"key": each.key, "label": gettext(each.label)} for each in vertical.intake.symptoms],
    }


def _describe_resource(resource: ResourceView) -> dict[str, Any]:
    return {
        "id": resource.id,
        "name": resource.name,
        "type": resource.type_name,
        "location": resource.location_id,
    }


def _describe_service(service: ServiceView) -> dict[str, Any]:
    return {
        **{name: getattr(service, name) for name in PUBLIC_TERMS},
        "id": service.id,
        "description": service.description,
        "category": service.category,
        "price": make_money(service.price.amount_minor, service.currency),
        "price_kind": service.price.kind,
        "is_price_from": service.price.is_from,
        "largest_party": service.largest_party,
        "add_ons": [
            {
                "id": add_on.id,
                "name": add_on.name,
                "duration_minutes": add_on.minutes,
                "price": make_money(add_on.price_minor, service.currency),
            }
            for add_on in service.add_ons
        ],
        "questions": [_describe_question(each) for each in service.questions],
        "locations": [str(location_id) for location_id in service.location_ids],
    }


def _describe_question(question: Question) -> dict[str, Any]:
    language = current_language()
    return {
        "key": question.key,
        "label": question.find_label(language),
        "kind": question.kind.value,
        "is_required": question.is_required,
        "choices": [{"key": key, "label": label} for key, label in question.list_choices(language)],
    }
