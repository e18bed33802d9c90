// Renders templates with Apache Velocity 1.7, for tests/unit/languages/vtl/velocity.py.
// Standard input: one line for each case, the template and the variables as JSON, both in base64, with a blank between.
// Standard output: one line for each, "O" and the output, or "E" and the error, in base64.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

public class Velocity {
    public static void main(String[] arguments) throws Exception {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, "US-ASCII");
        String line;
        while ((line = reader.readLine()) != null) {
            String[] parts = line.split(" ", 2);
            try {
                out.println("O " + encode(render(decode(parts[0]), decode(parts[1]))));
            } catch (Throwable error) {
                out.println("E " + encode(String.valueOf(error)));
            }
        }
        out.flush();
    }

    static String render(String template, String variables) throws Exception {
        // A new engine each time, since macros outlive the template that defines them.
        VelocityEngine engine = new VelocityEngine();
        engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
        engine.init();
        VelocityContext context = new VelocityContext();
        Map<?, ?> values = (Map<?, ?>) new Json(variables).value();
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            context.put((String) entry.getKey(), entry.getValue());
        }
        StringWriter writer = new StringWriter();
        engine.evaluate(context, writer, "template", template);
        return writer.toString();
    }

    static String decode(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static class Json {
        private final String text;
        private int at = 0;

        Json(String text) {
            this.text = text;
        }

        Object value() {
            skip();
            char c = text.charAt(at);
            if (c == '{') {
                return map();
            }
            if (c == '[') {
                return list();
            }
            if (c == '"') {
                return string();
            }
            int start = at;
            while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at);
            switch (word) {
                case "null": return null;
                case "true": return Boolean.TRUE;
                case "false": return Boolean.FALSE;
                default:
            }
            if (word.matches("-?[0-9]+")) {
                long number = Long.parseLong(word);
                return number == (int) number ? (Object) Integer.valueOf((int) number) : (Object) Long.valueOf(number);
            }
            return Double.valueOf(word);
        }

        private void skip() {
            while (" \n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private Map<String, Object> map() {
            Map<String, Object> found = new LinkedHashMap<>();
            at++;
            skip();
            while (text.charAt(at) != '}') {
                skip();
                String key = string();
                skip();
                at++;
                found.put(key, value());
                skip();
                if (text.charAt(at) == ',') {
                    at++;
                }
            }
            at++;
            return found;
        }

        private List<Object> list() {
            List<Object> found = new ArrayList<>();
            at++;
            skip();
            while (text.charAt(at) != ']') {
                found.add(value());
                skip();
                if (text.charAt(at) == ',') {
                    at++;
                    skip();
                }
            }
            at++;
            return found;
        }

        private String string() {
            StringBuilder found = new StringBuilder();
            at++;
            while (text.charAt(at) != '"') {
                char c = text.charAt(at++);
                if (c != '\\') {
                    found.append(c);
                    continue;
                }
                c = text.charAt(at++);
                if (c == 'u') {
                    found.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else {
                    int simple = "nrtbf".indexOf(c);
                    found.append(simple < 0 ? c : "\n\r\t\b\f".charAt(simple));
                }
            }
            at++;
            return found.toString();
        }
    }
}
