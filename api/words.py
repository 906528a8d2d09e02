"""What REST framework says to callers, translated in our voice.

Its English stays. Marked here, the sentences are in our catalog, which wins over the framework's own; a test
provokes what it can and refuses any sentence of a framework's.
"""

from __future__ import annotations

from kernel.text import mark

FRAMEWORK_SENTENCES = (
    mark("This field is required."),
    mark("This field may not be null."),
    mark("This field may not be blank."),
    mark("This list may not be empty."),
    mark("Not a valid string."),
    mark("Must be a valid boolean."),
    mark("A valid integer is required."),
    mark("String value too large."),
    mark("Enter a valid email address."),
    mark('"{input}" is not a valid choice.'),
    mark("Ensure this field has no more than {max_length} characters."),
    mark("Ensure this field has no more than {max_length} elements."),
    mark("Ensure this field has at least {min_length} characters."),
    mark("Ensure this field has at least {min_length} elements."),
    mark("Ensure this value is less than or equal to {max_value}."),
    mark("Ensure this value is greater than or equal to {min_value}."),
    mark("Null characters are not allowed."),
    mark('Expected a list of items but got type "{input_type}".'),
    mark('Expected a dictionary of items but got type "{input_type}".'),
    mark("Invalid data. Expected a dictionary, but got {datatype}."),
    mark("Malformed request."),
    mark("Incorrect authentication credentials."),
    mark("Authentication credentials were not provided."),
    mark("You do not have permission to perform this action."),
    mark("Not found."),
    mark('Method "{method}" not allowed.'),
    mark("Could not satisfy the request Accept header."),
    mark('Unsupported media type "{media_type}" in request.'),
    mark("Request was throttled."),
    mark("Invalid page."),
    mark("Invalid cursor"),
)
