using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Hosting;

/// <summary>Opens a store within a deadline, and says in one line why it could not be opened.</summary>
internal static class StoreOpening
{
    /// <summary>Credentials from a metadata service, a region redirect and a list page, with a few tries each.</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    /// <param name="url">What is opened, for people.</param>
    /// <param name="check">Asked of the open store within the same deadline.</param>
    /// <exception cref="StartupException">It could not be opened.</exception>
    public static async Task<S3ObjectStore> OpenAsync(
        S3StoreOptions options, string url, Func<S3ObjectStore, CancellationToken, ValueTask> check, TimeProvider timeProvider, ILogger logger, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_deadline, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        S3ObjectStore? store = null;
        bool opened = false;
        try
        {
            store = await S3ObjectStore.OpenAsync(options, timeProvider, logger, either.Token).ConfigureAwait(false);
            await check(store, either.Token).ConfigureAwait(false);
            opened = true;
            return store;
        }
        catch (ObjectStoreException e)
        {
            throw new StartupException(StoreProblem.Describe(e), e);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw new StartupException(StoreProblem.DescribeTimeout(url, _deadline), e);
        }
        finally
        {
            if (!opened && store is not null)
                await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
