from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """After a POST: the browser gets the page, so that refreshing repeats nothing."""

    status_code = 303
