"""put_objects.py ENDPOINT BUCKET FILE: puts the objects of FILE ({key: base64}) with boto3, which takes keys as they are, and prints
what the store then lists: {key: {"etag": ..., "modified": seconds}}."""
import base64
import json
import sys

import boto3
from botocore.client import Config

endpoint, bucket, path = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
with open(path, encoding="utf-8") as file:
    objects = json.load(file)
for key, body in objects.items():
    s3.put_object(Bucket=bucket, Key=key, Body=base64.b64decode(body))
listed = {}
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
    for entry in page.get("Contents", []):
        listed[entry["Key"]] = {"etag": entry["ETag"].strip('"'), "modified": int(entry["LastModified"].timestamp())}
json.dump(listed, sys.stdout)
