"""The layers of the warehouse, and how the names of their tables begin."""

LAYERS = {
    "ods": ("ods_",),
    "dim": ("dim_",),
    "fact": ("dwd_", "dws_"),
    "reconciliation": ("rec_",),
    "ads": ("ads_", "dm_"),
}
