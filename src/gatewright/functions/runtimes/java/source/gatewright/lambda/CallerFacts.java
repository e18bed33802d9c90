package gatewright.lambda;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What the caller said of itself: JSON that the Runtime API has in header fields. */
final class CallerFacts {
    private CallerFacts() {}

    /** Returns the client context, or null without one. Its members are named as in "Invoke", Lambda API Reference. */
    static ClientContext clientContext(String json) {
        Map<?, ?> members = members(json);
        return members == null ? null : new GivenContext(members);
    }

    static CognitoIdentity identity(String json) {
        Map<?, ?> members = members(json);
        return members == null ? null : new GivenIdentity(members);
    }

    private static Map<?, ?> members(String json) {
        if (json == null || json.isEmpty()) {
            return null;
        }
        Object value = JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
        return value instanceof Map ? (Map<?, ?>) value : null;
    }

    private static String text(Map<?, ?> members, String name) {
        Object value = members.get(name);
        return value == null ? null : value.toString();
    }

    private static final class GivenContext implements ClientContext {
        private final Client client;
        private final Map<String, String> custom;
        private final Map<String, String> environment;

        GivenContext(Map<?, ?> members) {
            Object given = members.get("client");
            client = given instanceof Map ? new GivenClient((Map<?, ?>) given) : null;
            custom = texts(members.get("custom"));
            environment = texts(members.get("env"));
        }

        private static Map<String, String> texts(Object value) {
            if (!(value instanceof Map)) {
                return null;
            }
            Map<String, String> found = new HashMap<>();
            for (Object name : ((Map<?, ?>) value).keySet()) {
                found.put((String) name, text((Map<?, ?>) value, (String) name));
            }
            return found;
        }

        @Override
        public Client getClient() {
            return client;
        }

        @Override
        public Map<String, String> getCustom() {
            return custom;
        }

        @Override
        public Map<String, String> getEnvironment() {
            return environment;
        }
    }

    private static final class GivenClient implements Client {
        private final Map<?, ?> members;

        GivenClient(Map<?, ?> members) {
            this.members = members;
        }

        @Override
        public String getInstallationId() {
            return text(members, "installation_id");
        }

        @Override
        public String getAppTitle() {
            return text(members, "app_title");
        }

        @Override
        public String getAppVersionName() {
            return text(members, "app_version_name");
        }

        @Override
        public String getAppVersionCode() {
            return text(members, "app_version_code");
        }

        @Override
        public String getAppPackageName() {
            return text(members, "app_package_name");
        }
    }

    private static final class GivenIdentity implements CognitoIdentity {
        private final Map<?, ?> members;

        GivenIdentity(Map<?, ?> members) {
            this.members = members;
        }

        @Override
        public String getIdentityId() {
            return text(members, "cognitoIdentityId");
        }

        @Override
        public String getIdentityPoolId() {
            return text(members, "cognitoIdentityPoolId");
        }
    }
}
