package layered;

/** What a jar holds. */
public class Layered {
    @Override
    public String toString() {
        return "layered";
    }
}
