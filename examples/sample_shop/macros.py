"""SQL macros and names shared by every delivery: random draws, local times, what a sku costs.

Nothing is stored or looked up: every value is arithmetic on a hash of what it belongs to, so a
day can be written without the days before it, in any order, a slice at a time.

Instants are whole seconds since 1970-01-01 UTC (BIGINT) and amounts are cents (BIGINT) until a
row is written.
"""

from __future__ import annotations

RANDOMNESS = """
CREATE MACRO draw(random_key, purpose) AS hash(xor(random_key, purpose::UBIGINT));
CREATE MACRO below(random_number, bound) AS (random_number % bound::UBIGINT)::BIGINT;
"""

OUTPUT = """
CREATE MACRO amount(cents) AS cents::DECIMAL(16, 0) * 0.01::DECIMAL(2, 2);
CREATE MACRO instant(seconds) AS make_timestamp(seconds * 1000000);
CREATE MACRO moment(seconds) AS to_timestamp(seconds);
"""

# Orders are numbered as they are placed. `place` is how far into the day an order comes, in
# millionths: 5 % are placed before 7 h, 27 % before noon, 60 % before 19 h, 95 % before 23 h,
# none in the last minute: an order's payment is opened on the order's day.
TIME_OF_DAY = """
CREATE MACRO local_second(place) AS CASE
    WHEN place < 50000 THEN place * 25200 // 50000
    WHEN place < 270000 THEN 25200 + (place - 50000) * 18000 // 220000
    WHEN place < 600000 THEN 43200 + (place - 270000) * 25200 // 330000
    WHEN place < 950000 THEN 68400 + (place - 600000) * 14400 // 350000
    ELSE 82800 + (place - 950000) * 3540 // 50000
END;
"""

# A row of a dimension changes every hundredth day, each on a day of its own. The remainder is
# taken from high bits: the low ones choose the attributes.
CHANGES = """
CREATE MACRO change_phase(entity_key) AS below(entity_key >> 50, 100);
CREATE MACRO entity_version(entity_key, day_index) AS
    (day_index + change_phase(entity_key)) // 100;
CREATE MACRO changes_on(entity_key, day_index) AS
    (day_index + change_phase(entity_key)) % 100 = 0;
"""

# A sku is re-priced at local midnight, so a day has one price.
CATALOGUE = """
CREATE MACRO list_price_cents(sku_key, day_index) AS
    (500 + below(sku_key >> 8, 9500)) * (1 + below(sku_key >> 24, 8))
    * (90 + below(draw(sku_key, 1000 + entity_version(sku_key, day_index)), 21)) // 100;
CREATE MACRO seller_of(sku_key, seller_count) AS 1 + below(sku_key >> 32, seller_count);
CREATE MACRO leaf_number(sku_key) AS 1 + below(sku_key >> 28, 60);
CREATE MACRO leaf_category(sku_key) AS
    100 * (1 + (leaf_number(sku_key) - 1) // 5) + 1 + (leaf_number(sku_key) - 1) % 5;
"""

# Sku 1 takes a fifth of all lines. The others are drawn evenly from a random octave of the
# ranking, which is what Zipf's law is, in whole numbers. All in BIGINT: UBIGINT beside it would
# be worked out in 128 bits, twenty times slower.
POPULARITY = """
CREATE MACRO octave_start(line_key, octaves) AS 1::BIGINT << below(line_key >> 8, octaves);
CREATE MACRO popular_sku(line_key, sku_count, octaves) AS CASE
    WHEN line_key % 5 = 0 THEN 1
    ELSE 2 + (
        octave_start(line_key, octaves) - 1
        + below(line_key >> 24, octave_start(line_key, octaves))
    ) % (sku_count - 1)
END;
"""

# Three orders in a hundred come from abroad: they are priced and paid in another currency, without
# coupons, points and wallet, which are worth the shop's own.
CURRENCIES = """
CREATE MACRO order_currency(order_key) AS CASE below(draw(order_key, 17), 100)
    WHEN 0 THEN 'USD' WHEN 1 THEN 'USD' WHEN 2 THEN 'HKD' ELSE 'CNY'
END;
CREATE MACRO is_foreign(order_key) AS below(draw(order_key, 17), 100) < 3;
CREATE MACRO price_percent(order_key) AS CASE order_currency(order_key)
    WHEN 'USD' THEN 14 WHEN 'HKD' THEN 110 ELSE 100
END;
CREATE MACRO of_currency(number, currency) AS
    number || CASE currency WHEN 'CNY' THEN '' ELSE '-' || currency END;
"""

MACROS = (RANDOMNESS, OUTPUT, TIME_OF_DAY, CHANGES, CATALOGUE, POPULARITY, CURRENCIES)


NAMES = """
CREATE TABLE city AS SELECT
    ['Shanghai', 'Beijing', 'Shenzhen', 'Guangzhou', 'Chongqing', 'Suzhou', 'Chengdu',
     'Hangzhou', 'Wuhan', 'Nanjing', 'Ningbo', 'Tianjin', 'Qingdao', 'Wuxi', 'Changsha',
     'Zhengzhou', 'Fuzhou', 'Jinan', 'Hefei', 'Xi''an'] AS names,
    ['Shanghai', 'Beijing', 'Guangdong', 'Guangdong', 'Chongqing', 'Jiangsu', 'Sichuan',
     'Zhejiang', 'Hubei', 'Jiangsu', 'Zhejiang', 'Tianjin', 'Shandong', 'Jiangsu', 'Hunan',
     'Henan', 'Fujian', 'Shandong', 'Anhui', 'Shaanxi'] AS provinces,
    ['星河商贸', '远山百货', '青禾优选', '海蓝贸易', '云帆电子', '锦程服饰', '福满家',
     '晨光文具', '东篱茶业', '"小熊"童品'] AS sellers;
CREATE TABLE category AS SELECT
    ['Electronics', 'Home Appliances', 'Kitchen', 'Furniture', 'Clothing', 'Shoes & Bags',
     'Beauty', 'Food', 'Baby', 'Sports', 'Books', 'Garden'] AS departments,
    ['Phones', 'Laptops', 'Headphones', 'Cameras', 'Screens 27" and up',
     'Refrigerators', 'Washing Machines', 'Air Conditioners', 'Vacuum Cleaners', 'Lamps',
     'Kettles', 'Rice Cookers', 'Pots, Pans and Woks', 'Knives', 'Tableware',
     'Sofas', 'Beds', 'Desks', 'Chairs', 'Shelves',
     'Dresses', 'Shirts', 'Trousers', 'Coats', 'Underwear',
     'Trainers', 'Boots', 'Handbags', 'Suitcases', 'Belts',
     'Skin Care', 'Make-up', 'Hair Care', 'Perfume', 'Nails',
     'Tea', 'Snacks', 'Fruit', 'Rice, Oil and Noodles', 'Wine',
     'Nappies', 'Milk Powder', 'Toys', 'Prams', 'Baby Clothes',
     'Running', 'Cycling', 'Fitness', 'Camping', 'Swimming',
     'Novels', 'Textbooks', 'Comics', 'Maps', 'Stationery',
     'Plants', 'Seeds', 'Tools', 'Outdoor Lights', 'Pots'] AS leaves;
"""
