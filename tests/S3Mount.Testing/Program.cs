using S3Mount.Testing.Commands;

try
{
    switch (args)
    {
        case ["serve", .. var rest]:
            return await ServeCommand.RunAsync(rest);
        case ["imagefolder", .. var rest]:
            return await ImageFolderCommand.RunAsync(rest);
        case ["verify", .. var rest]:
            return await VerifyCommand.RunAsync(rest);
        case ["verify-ramp", .. var rest]:
            return await VerifyRampCommand.RunAsync(rest);
    }
    throw new UsageException(string.Join('\n', "usage:", ServeCommand.Usage, ImageFolderCommand.Usage, VerifyCommand.Usage, VerifyRampCommand.Usage));
}
catch (UsageException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}
