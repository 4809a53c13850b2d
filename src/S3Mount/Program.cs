return await S3Mount.EntryPoint.RunAsync(args).ConfigureAwait(false);
