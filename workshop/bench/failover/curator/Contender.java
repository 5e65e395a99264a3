import java.util.concurrent.CountDownLatch;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.ExponentialBackoffRetry;

/**
 * A contender by Curator's LeaderLatch: java Contender HOSTS PATH TIMEOUT_MS; prints lines of JSON. SIGTERM hands over
 * and ends it.
 */
public final class Contender {
    private static synchronized void say(String event) {
        System.out.println("{\"event\":\"" + event + "\"}");
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.builder()
            .connectString(args[0])
            .sessionTimeoutMs(Integer.parseInt(args[2]))
            .retryPolicy(new ExponentialBackoffRetry(1000, 3))
            .build();
        client.start();
        client.blockUntilConnected();
        LeaderLatch latch = new LeaderLatch(client, args[1], Long.toString(ProcessHandle.current().pid()));
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                say("leading");
            }

            @Override
            public void notLeader() {
                say("lost");
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                latch.close();
            } catch (java.io.IOException error) {
                System.err.println(error);
            }
            client.close();
        }));
        latch.start();
        while (!latch.hasLeadership()) {
            if (latch.getParticipants().size() > 1) {
                say("standby");
                break;
            }
            Thread.sleep(50);
        }
        new CountDownLatch(1).await();
    }
}
