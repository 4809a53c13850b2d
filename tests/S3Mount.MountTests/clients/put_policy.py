"""put_policy.py ENDPOINT BUCKET: gives the bucket the policy on standard input."""
import sys

import boto3
from botocore.client import Config

s3 = boto3.client("s3", endpoint_url=sys.argv[1], config=Config(s3={"addressing_style": "path"}))
s3.put_bucket_policy(Bucket=sys.argv[2], Policy=sys.stdin.read())
