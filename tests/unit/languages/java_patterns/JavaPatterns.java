// Asks java.util.regex, for tests/unit/languages/java_patterns/java.py.
// Standard input: one line for each case, the pattern, the text and the replacement in base64, with blanks between.
// Standard output: one line for each: whether the pattern matches the text and is found in it (true, false), and
// what String.replaceAll makes of it in base64 ("!" for an error); or "E" for no pattern.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

public class JavaPatterns {
    public static void main(String[] arguments) throws Exception {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, "US-ASCII");
        String line;
        while ((line = reader.readLine()) != null) {
            String[] parts = line.split(" ", -1);
            out.println(answer(decode(parts[0]), decode(parts[1]), decode(parts[2])));
        }
        out.flush();
    }

    static String answer(String pattern, String text, String replacement) {
        try {
            Pattern compiled = Pattern.compile(pattern);
            // Some classes, such as [a&&], are found to be none only here.
            return compiled.matcher(text).matches() + " " + compiled.matcher(text).find() + " "
                + replaced(text, pattern, replacement);
        } catch (RuntimeException error) {
            return "E";
        }
    }

    static String replaced(String text, String pattern, String replacement) {
        try {
            return Base64.getEncoder().encodeToString(
                text.replaceAll(pattern, replacement).getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException error) {
            return "!";
        }
    }

    static String decode(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
