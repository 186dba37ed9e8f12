"""Names of places, merchants and categories, as SQL tables of one row."""

from __future__ import annotations

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
