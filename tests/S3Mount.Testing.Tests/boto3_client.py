"""Asks an S3 server what a test wants to know, signed by botocore. Prints the status and error code of single requests."""
import argparse
import io

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.client import Config
from botocore.exceptions import ClientError

KEYS = ['a', 'a/', 'a//b', 'a/./b', 'a/../b', '/lead', 'sp ace', 'pl+us', 'per%25cent', 'per%2Fc', 'quo"te\'s', '<x>&y', 'é/漢字',
        'new\nline', 'tab\t', '~t*()!$,;:@', 'x' * 1000, 'e\u0301', '\U0001F600', 'q?x=1#f', '=']


def keys(s3):
    for key in KEYS:
        s3.put_object(Bucket='bucket', Key='keys/' + key, Body=key.encode())
    for key in KEYS:
        body = s3.get_object(Bucket='bucket', Key='keys/' + key)['Body'].read()
        assert body == key.encode(), (key, body)
        assert s3.head_object(Bucket='bucket', Key='keys/' + key)['ContentLength'] == len(key.encode()), key
    for operation in 'list_objects', 'list_objects_v2':
        listed = []
        for page in s3.get_paginator(operation).paginate(Bucket='bucket', Prefix='keys/', PaginationConfig={'PageSize': 4}):
            listed += [entry['Key'][5:] for entry in page['Contents']]
        assert listed == sorted(KEYS, key=lambda key: key.encode()), (operation, listed)
    s3.copy_object(Bucket='bucket', Key='copy', CopySource={'Bucket': 'bucket', 'Key': 'keys/é/漢字'})
    assert s3.get_object(Bucket='bucket', Key='copy')['Body'].read().decode() == 'é/漢字'
    deleted = s3.delete_objects(Bucket='bucket', Delete={'Objects': [{'Key': 'keys/' + key} for key in KEYS]})['Deleted']
    assert len(deleted) == len(KEYS), deleted
    assert 'Contents' not in s3.list_objects_v2(Bucket='bucket', Prefix='keys/')
    print('keys ok')


def multipart(s3):
    ramp = bytes(i % 251 for i in range(251)) * (13 * 1024 * 1024 // 251)
    config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
    s3.upload_fileobj(io.BytesIO(ramp), 'bucket', 'large', Config=config)
    assert s3.get_object(Bucket='bucket', Key='large')['Body'].read() == ramp
    print('multipart ok')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('command')
    parser.add_argument('names', nargs='*')
    parser.add_argument('--url')
    parser.add_argument('--default-access-key')
    parser.add_argument('--default-secret-key')
    parser.add_argument('--access-key')
    parser.add_argument('--secret-key')
    parser.add_argument('--session-token')
    parser.add_argument('--anonymous', action='store_true')
    args = parser.parse_args()
    config = Config(s3={'addressing_style': 'path'}, retries={'max_attempts': 0}, **({'signature_version': UNSIGNED} if args.anonymous else {}))
    s3 = boto3.client('s3', endpoint_url=args.url, region_name='us-east-1', config=config,
                      aws_access_key_id=args.access_key or args.default_access_key,
                      aws_secret_access_key=args.secret_key or args.default_secret_key,
                      aws_session_token=args.session_token)
    if args.command == 'keys':
        return keys(s3)
    if args.command == 'multipart':
        return multipart(s3)
    try:
        call = s3.get_object if args.command == 'get' else s3.delete_object
        print(call(Bucket=args.names[0], Key=args.names[1])['ResponseMetadata']['HTTPStatusCode'])
    except ClientError as error:
        print(error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Code'])


main()
