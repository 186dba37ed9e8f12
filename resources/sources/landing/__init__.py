"""What lies in the landing folder; the functions here declare it."""

from resources.sources.landing.archives import zipped
from resources.sources.landing.complete_day import by_day_of, complete_day
from resources.sources.landing.limits import limits
from resources.sources.landing.manifests import checksums, file_list

__all__ = ["by_day_of", "checksums", "complete_day", "file_list", "limits", "zipped"]
